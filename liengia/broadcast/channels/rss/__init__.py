"""RSS: bulletins for programs that read feeds."""
