"""Regression evals: cases in, measures and a gate out."""
