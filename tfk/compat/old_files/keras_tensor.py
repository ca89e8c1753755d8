"""`keras.engine.keras_tensor`: symbolic tensors."""

from tfk.engine.layer.symbolic import SymbolicTensor

# One class for dense, sparse and ragged values: its type spec says which.
KerasTensor = RaggedKerasTensor = SparseKerasTensor = SymbolicTensor
