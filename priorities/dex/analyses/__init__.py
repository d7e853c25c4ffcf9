"""Analyses that explain and explore a model: what holds a result, what would change it, and how sure it is.

====================  =================================================================================
``preference``        which of two values is better
``plus_minus``        one input moved by any number of steps, the others fixed
``selective``         weak and strong points in tree order
``comparison``        two options node by node, also deep below equal aggregates
``targets``           the smallest changes of inputs that reach a better, worse or named class
``single_changes``    every single change of every area at once, from the tables alone
``nearest``           the few smallest changes of one area that are told to people
``sensitivity``       Monte Carlo over weights, thresholds and inputs: how often does a class stay?
``unmet_need``        deprived and in bad health, yet little is diagnosed
====================  =================================================================================

The plain functions take one option (attribute index -> value, as ``dex.evaluate``) and read like the method; the array
functions take all areas and are proven equal by property tests.
"""
