"""A GPT from text to samples: `python -m byhand.gpt --help`.

data.py makes numbers and batches of a text (byhand/text/), model.py is the
model, train.py trains it, checkpoint.py keeps it, bench.py measures it.
"""
