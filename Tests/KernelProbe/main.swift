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
//   native bf16                          the precision that the processor multiplies natively
//   product-fp32 0123456789abcdef        products of many shapes
//   product-bf16 0123456789abcdef        the same in bf16
//   extremes-bf16 0123456789abcdef       products of tiny numbers
//   fold-fp32 0123456789abcdef           products folded into totals
//   fold-bf16 0123456789abcdef           the same in bf16
//   attention fp32 forward …             attention's outputs and gradients, for each precision
//   onednn-fp32 kept 0123456789abcdef    the same by oneDNN; `missing`, or why it breaks the row law
//   onednn-bf16 kept 0123456789abcdef    the same in bf16
//   rows 0123456789abcdef                softmax, draws and what else works on rows and elements
//   NAME fp32 logits … gradients …       for each model directory: a forward and a backward of 70 tokens
//   NAME bf16 logits … gradients …       the same in bf16

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
print("native", Precision.native.rawValue)
for precision in Precision.allCases { print("product-\(precision)", hexadecimal(productHash(precision))) }
print("extremes-bf16", hexadecimal(extremesHash()))
for precision in Precision.allCases { print("fold-\(precision)", hexadecimal(foldHash(precision))) }
for precision in [Precision.fp32, .bf16] {
  let (forward, backward) = attentionHashes(precision)
  print("attention", precision.rawValue, "forward", hexadecimal(forward))
  print("attention", precision.rawValue, "backward", hexadecimal(backward))
}
for precision in Precision.allCases { print("onednn-\(precision)", oneDNNLine(precision)) }
print("rows", hexadecimal(rowHash()))
for directory in arguments.dropFirst(2) {
  let name = directory.split(separator: "/").last ?? ""
  for precision in Precision.allCases {
    let (logits, gradients) = try modelHashes(directory, precision)
    print(name, precision, "logits", hexadecimal(logits), "gradients", hexadecimal(gradients))
  }
}
