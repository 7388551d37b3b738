// The tile of tile.inc.h for every number of rows and panels, for vectors of 16.

#define CASE(r, p) \
  case r: \
    NAME(tile)(r, p, r, t); \
    break

static __attribute__((TARGET)) void NAME(run)(int rows, int panels, const struct ck_tile *t)
{
  if (panels == 4)
    switch (rows) {
      CASE(1, 4);
      CASE(2, 4);
      CASE(3, 4);
    }
  else
    switch (rows) {
      CASE(1, 1);
      CASE(2, 1);
      CASE(3, 1);
      CASE(4, 1);
      CASE(5, 1);
      CASE(6, 1);
      CASE(7, 1);
      CASE(8, 1);
      CASE(9, 1);
      CASE(10, 1);
      CASE(11, 1);
      CASE(12, 1);
    }
}

#undef CASE
