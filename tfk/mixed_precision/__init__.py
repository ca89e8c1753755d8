"""Computing in half precision with weights in full precision."""
