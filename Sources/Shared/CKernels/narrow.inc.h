// The tile of tile.inc.h for every number of rows, for vectors of 8.

#define CASE(r) \
  case r: \
    NAME(tile)(r, 1, rows, &part); \
    break

static __attribute__((TARGET)) void NAME(run)(int rows, int panels, const struct ck_tile *t)
{
  (void)panels;
  for (int half = 0; half < CK_PANEL && half < t->valid; half += PANEL_PART)
    for (int row = 0; row < rows; row += ROWS_MAX) {
      struct ck_tile part = *t;
      part.left += row;
      part.right += half;
      part.y += row * t->y_stride + half;
      part.valid -= half;
      switch (rows - row < ROWS_MAX ? rows - row : ROWS_MAX) {
        CASE(1);
        CASE(2);
        CASE(3);
        CASE(4);
        CASE(5);
        CASE(6);
      }
    }
}

#undef CASE
