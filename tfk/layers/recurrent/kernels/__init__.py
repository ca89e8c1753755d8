"""Recurrences over whole sequences: pure functions over tensors, one way of computing in each
file.
"""
