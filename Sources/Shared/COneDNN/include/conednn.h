// The door to oneDNN, opened at run time so that programs which do not use it neither need nor load it.
#ifndef PRORL_CONEDNN_H
#define PRORL_CONEDNN_H

/// A right factor in the layout that oneDNN asks for.
typedef struct con_matrix con_matrix;

/// Loads the library, limited to one thread; 0 on success. Safe to call from any thread, any number of times.
int con_load(void);

/// The library's version, such as "2.6.3"; "" before con_load.
const char *con_version(void);

/// The largest instruction set it may use, as oneDNN numbers them.
int con_isa(void);

/// Room for a matrix of `inner` rows and `columns` columns; null if oneDNN refuses.
con_matrix *con_create(long inner, long columns);

/// Frees the matrix.
void con_destroy(con_matrix *matrix);

/// Takes over the row-major elements `w[inner, columns]`; 0 on success.
int con_pack(con_matrix *matrix, const float *w);

/// y[rows, columns] = x[rows, inner] · matrix, contiguous rows; 0 on success. Several threads may call it at once.
int con_product(con_matrix *matrix, long rows, const float *x, float *y);

#endif
