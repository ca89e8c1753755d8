"""Texts as lists of integers."""

from tfk.preprocessing.text.tokenizer import Tokenizer, tokenizer_from_json
from tfk.preprocessing.text.words import hashing_trick, one_hot, text_to_word_sequence
from tfk.utils.text_dataset import text_dataset_from_directory
