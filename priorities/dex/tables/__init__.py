"""Decision tables as things that people edit: checks, completion, weights, readable rules, fitting.

===================  ==============================================================================================
``grid``             a table with its scales: directions of preference, ranges of rules, running maxima
``plain``            dominance rule by rule, as the method defines it; what the arrays must equal
``consistency``      conflicting pairs of rules, and how complete a table is
``completion``       open rules filled from dominance, from weights, or from both
``weights``          regression plane; local, normalised and global weights; quality of the linear picture
``impurity``         weights by Gini, information gain, gain ratio and chi squared
``symmetry``         arguments that can change places, and making them so
``marginals``        the mean answer at each class of each argument
``interpolation``    multilinear interpolation between the classes
``complex_rules``    a table as few maximal boxes
``wording``          boxes and conflicts as sentences
``fitting``          a monotone table from labelled examples, with the least misfit
``editing``          changes that give a new table and the list of changed rules
``report``           checks of all tables of a model as plain data
===================  ==============================================================================================
"""
