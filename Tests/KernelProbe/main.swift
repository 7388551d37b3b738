import Foundation
import Kernels
import Models
import Tensors

// Prints hashes of what kernels and models compute in this process, for tests that compare processes.
//
//   kernel-probe THREADS [MODEL-DIRECTORY …]
//
//   width 16                             the vector width of the matrix kernel
//   check openblas kept                  for each backend: `kept`, `missing`, or why it breaks the row law
//   fingerprint 0123456789abcdef …       of everything but the vectors' width
//   product 0123456789abcdef             products of many shapes
//   NAME logits … gradients …            for each model directory: a forward and a backward of 70 tokens

let arguments = CommandLine.arguments
guard arguments.count >= 2, let threads = Int(arguments[1]), threads > 0 else {
  print("usage: kernel-probe THREADS [MODEL-DIRECTORY …]")
  exit(2)
}
ThreadPool.configure(threads: threads)
print("width", vectorWidth)
for backend in MatrixBackend.allCases {
  print("check", backend.rawValue, verdict(backend))
}
print("fingerprint", NumericsFingerprint.current(backend: .micro, shapes: [[30, 37], [64, 1024]]))
print("product", hexadecimal(productHash()))
for directory in arguments.dropFirst(2) {
  let (logits, gradients) = try modelHashes(directory)
  let name = directory.split(separator: "/").last ?? ""
  print(name, "logits", hexadecimal(logits), "gradients", hexadecimal(gradients))
}
