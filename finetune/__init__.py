"""From hand-written lines to a trained checkpoint: corpus, dataset, tokenizer, training, export."""
