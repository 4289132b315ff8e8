"""Corpora, fitting, judging and comparing models; imported only by training commands and notebooks."""
