"""Two real submissions, built from data that scikit-learn brings along, to try the program on.

`digits` is an instrument that claims no wider than its data reach; `diabetes` is a screening of persons from
a few hundred patients. Both are honest: whether they are certified is not decided here. Building needs the
extra `demo` (scikit-learn, torch); certifying needs neither.
"""
