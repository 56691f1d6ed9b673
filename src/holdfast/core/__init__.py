"""Pure values and decisions: names, keys, facts, lock information, findings, steps and plans.

Nothing in here touches AWS, the disk, the clock, randomness, the environment or a terminal. Time and
identifiers come in as arguments, so every decision can be tested and repeated.
"""
