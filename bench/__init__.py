"""What a node costs, measured from outside: a real process, real requests, one line a measure."""
