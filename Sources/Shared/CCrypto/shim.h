// The door to libcrypto: SHA-256 through EVP, which uses the processor's SHA instructions where it has them.
#ifndef PRORL_CCRYPTO_SHIM_H
#define PRORL_CCRYPTO_SHIM_H

#include <openssl/evp.h>

#endif
