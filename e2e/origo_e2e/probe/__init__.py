"""What AWS's documentation says about single calls, asked of whatever stands in for AWS.

`bench.py` makes what a question needs, `question.py` says what a question is, `table.py` asks and compares, and the
other modules hold the questions by subject. Nothing here was run against AWS: an expectation is what the API reference
says, told in our words with the name of the page. Where the reference leaves open which of several codes a refusal
has, all of them count.
"""
