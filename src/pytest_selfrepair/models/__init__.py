"""Where programs and words come from: endpoints, the embedded model, scripts, recordings."""
