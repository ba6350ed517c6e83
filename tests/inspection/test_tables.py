from numpy_ann.inspection.mistakes import table


def test_columns_are_as_wide_as_their_longest_text():
    assert table([("a", "long"), ("12345", "b")]) == "    a  long\n12345     b"
