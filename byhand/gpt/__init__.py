"""A GPT from text to samples: `python -m byhand.gpt --help`.

stories.py makes the text, data.py numbers and batches of it, model.py is the
model, train.py trains it, checkpoint.py keeps it, bench.py measures it.
"""
