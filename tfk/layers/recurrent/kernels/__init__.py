"""Recurrences over whole sequences: pure functions of tensors, one implementation per file."""
