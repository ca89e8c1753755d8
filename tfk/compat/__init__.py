"""Keras's import paths and private names, provided by tfk while `install()` is active.

`paths` and `old_files` say what stands for which module, `aliases` imports it, `originals` keeps
TensorFlow's private copy of Keras for TensorFlow itself, `attributes` holds the private attributes
of classes that packages read. Nothing outside this folder depends on it but `tfk.install`.
"""
