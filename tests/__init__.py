"""The tests of Holdfast. `tests.support` is what several of them share."""
