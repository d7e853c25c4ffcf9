"""The DEX (Decision EXpert) method: a pure package without Django.

DEX (Bohanec and Rajkovic) aggregates qualitative attributes by decision tables arranged in a tree. Everything here
takes dataclasses and arrays and gives them back, so that it can be read, tested, timed and reused alone.

=================  ====================================================================================
``model``          scales, rule values, tables, discretisations, attributes, linked models
``values``         the text notation of rule and option values in ``.dxi`` files
``dxi``            the ``.dxi`` reader; refuses malformed and hostile files with the element and the reason
``dxi_writer``     the ``.dxi`` writer; loses nothing, also of what evaluation does not need
``notation``       conversion between the old and the new form of ``.dxi`` files
``options``        what options say of their inputs, from JSON, CSV and model files; results as JSON
``tables``         decision tables as people edit them: checks, completion, weights, readable rules
``thresholds``     from a number to a class, to memberships of neighbouring classes, or to a place inside its class
``evaluate``       the plain evaluation: the specification, one option at a time
``arrays``         the same semantics over many options at once, all methods, proven equal by property tests
``vectorised``     what is published for many areas, by ``arrays``
``analyses``         what would change a result, and how sure it is: plus-minus, targets, comparison, Monte Carlo
``influence``      which inputs hold the result where it is
``ranking``        offsets inside a class (QQ1, QQ2), for options and for areas
``confidence``     how sure a published class is near the bounds of its figures
``minutes``        planned minutes of a visit, of published classes or expected from probabilities
``explanation``    a result in words: the rule that fired at every node and the factors behind it
=================  ====================================================================================

Where the reference tools read the method differently, this package follows probability: a rule with a set of classes
shares its probability equally among them, and a single class with membership below 1 keeps that membership.
"""
