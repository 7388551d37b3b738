import PolicyOptimization

/// `validation/bootstrap`: the statistics of repeated answers to one prompt, by their names.
///
/// Inputs: `acc`, what each answer earned; `pred` (optional), the answers as text.
enum ValidationCases {
  static func runner(of member: String) -> CaseRunner? {
    guard member == "bootstrap" else { return nil }
    return { row in
      let values = try row.inputs.numbers("acc")
      let answers = try row.inputs.has("pred") ? row.inputs.texts("pred") : nil
      guard answers?.count ?? values.count == values.count else {
        throw CaseFileError.unexpected(row.place, key: "inputs.pred", wanted: "as long as `acc`")
      }
      var bootstrap = ValidationBootstrap()
      return bootstrap.statistics(of: values, answers: answers).map { CaseQuantity($0.name, [$0.value]) }
    }
  }
}
