"""The only importer: a ledger in, checked rows out, applied once.

actions    what a user does: start, match columns, confirm, cancel, decide, undo, resume
running    the job: read and stage, compare, apply
staging    the file -> checked ImportRow rows, by COPY, chunk after chunk
checking   rows of a chunk -> what each says and would write, as text for COPY
processes  several processes (checker) that check the chunks of a large ledger
comparing  staged rows beside each other and the registry -> new, changed, held …
asking     what a comparison says of a row and asks a person, and the answers
applying   ImportRow rows -> registry, in one transaction; and back
values     cleaners that resources put on their columns
places     what people call a region -> its code
mapping    header texts -> columns
keeping    how long uploads and staged rows are kept
"""
