"""Run untrusted programs in a sandbox and judge them."""
