"""What runs inside the sandbox: plain files, side by side, with the standard library alone."""
