"""Decision tables as things that people edit: checks, completion, weights, readable rules, fitting.

===================  ==============================================================================================
``grid``             a table with its scales: directions of preference, ranges of rules, running maxima
``plain``            dominance rule by rule, as the method defines it; what the arrays must equal
``consistency``      conflicting pairs of rules, and how complete a table is
``completion``       open rules filled from dominance, from weights, or from both
``weights``          regression plane; local, normalised and global weights; quality of the linear picture
``impurity``         weights by Gini, information gain, gain ratio and chi squared
===================  ==============================================================================================
"""
