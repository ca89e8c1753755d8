"""Helpers that know nothing of layers and models."""
