import CProcessorCheck

/// The processor this process runs on.
public enum Processor {
  /// Its name, such as `AMD EPYC 9654`.
  public static let name: String = {
    var bytes = [CChar](repeating: 0, count: 49)
    unsafe cpc_name(&bytes)
    return String(decoding: bytes.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }()

  /// What it can do beyond x86-64-v3, which the program needs: of `AVX-512`, `AVX512_BF16` and `AMX_BF16`.
  public static let extensions: [String] = {
    let features = cpc_features()
    return [("AVX-512", CPC_AVX512), ("AVX512_BF16", CPC_AVX512_BF16), ("AMX_BF16", CPC_AMX_BF16)].compactMap
    {
      features & UInt32($0.1) == 0 ? nil : $0.0
    }
  }()

  /// What our own kernels use of it: `AVX-512` or `AVX2`, to which `PRORL_MAX_ISA=AVX2` limits them.
  public static var instructionSet: String { vectorWidth == 16 ? "AVX-512" : "AVX2" }
}
