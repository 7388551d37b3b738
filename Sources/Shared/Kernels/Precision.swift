import CKernels

/// The numbers that products multiply.
///
/// Sums are `Float` in either.
public enum Precision: String, Sendable, CaseIterable, Codable {
  /// `Float`.
  case fp32
  /// bfloat16: both factors are rounded to 8 significant bits, ties to even, when they are packed.
  case bf16

  /// bf16 where the processor multiplies it natively, else fp32.
  ///
  /// Every processor computes bf16, with the same bits; without AVX512_BF16 (which every processor with AMX-BF16
  /// has) more slowly than fp32.
  public static var native: Precision { ck_multiplies_bf16() != 0 ? .bf16 : .fp32 }

  /// As the micro-kernel names it.
  var code: Int32 { self == .bf16 ? Int32(CK_BF16) : Int32(CK_FP32) }
}
