# Answers in contest style count on these names, though nobody imports them.
import bisect, collections, copy, fractions, functools, heapq, itertools, math, operator, random, re, string
import sys, time
from bisect import *
from collections import Counter, OrderedDict, deque, defaultdict, ChainMap
from functools import lru_cache, cache, reduce, cmp_to_key
from heapq import *
from itertools import accumulate, product, permutations, combinations
from math import sqrt, sin, cos, tan, ceil, fabs, floor, gcd, exp, log, log2
from typing import *
sys.setrecursionlimit(600000)
