import PolicyOptimization

/// Cases of a file, computed by the functions that training uses, and how far each is from what another
/// system got.
///
/// A number agrees where `|ours - expected| ≤ absolute + relative · |expected|`; its deviation is the share of
/// that bound. A case whose function must refuse it agrees where ours throws.
public struct AlgorithmCheck: Sendable {
  /// What came out for one function.
  public struct Function: Sendable, Equatable {
    /// Its name, such as `policy_loss/gspo`.
    public var name: String

    /// How many cases it has.
    public var cases = 0

    /// The largest deviation as a share of the tolerance; 1 and below agrees.
    public var worstDeviation = 0.0

    /// The cases that do not agree.
    public var failures: [Failure] = []
  }

  /// A case that does not agree.
  public struct Failure: Sendable, Equatable, CustomStringConvertible {
    /// Where it stands.
    public var place: CasePlace

    /// Its id.
    public var id: String

    /// What differs, such as `loss is 0.25, expected 0.5`.
    public var difference: String

    /// One line for the operator.
    public var description: String { "\(place): \(id): \(difference)" }
  }

  /// A function of the file that nobody here computes.
  public struct Unknown: Sendable, Equatable {
    /// Its name.
    public var name: String

    /// How many cases it has.
    public var cases: Int

    /// Where the first of them stands.
    public var place: CasePlace
  }

  /// The functions that were computed, in the order of the file.
  public private(set) var functions: [Function] = []

  /// The functions that were not, in the order of the file.
  public private(set) var unknown: [Unknown] = []

  /// How many cases were computed.
  public var caseCount: Int { functions.reduce(0) { $0 + $1.cases } }

  /// Whether every case of the file was computed and agrees.
  public var isWithinTolerance: Bool { unknown.isEmpty && functions.allSatisfy(\.failures.isEmpty) }

  /// Runs the cases of a file.
  ///
  /// - Throws: `CaseFileError` for a file or a line that cannot be read.
  public init(file: String) throws {
    for row in try AlgorithmCase.read(file: file) {
      guard let run = CaseFamilies.runner(of: row.function) else {
        addUnknown(row)
        continue
      }
      let index = functions.firstIndex { $0.name == row.function } ?? functions.count
      if index == functions.count { functions.append(Function(name: row.function)) }
      functions[index].cases += 1
      try compare(row, run, at: index)
    }
  }

  private mutating func addUnknown(_ row: AlgorithmCase) {
    if let index = unknown.firstIndex(where: { $0.name == row.function }) {
      unknown[index].cases += 1
    } else {
      unknown.append(Unknown(name: row.function, cases: 1, place: row.place))
    }
  }

  private mutating func compare(_ row: AlgorithmCase, _ run: CaseRunner, at index: Int) throws {
    let comparison: Comparison
    do {
      comparison = Comparison(of: try run(row), with: row)
    } catch let error as CaseFileError {
      throw error
    } catch {
      comparison = Comparison(ofRefusal: "\(error)", with: row)
    }
    functions[index].worstDeviation = max(functions[index].worstDeviation, comparison.deviation)
    if let difference = comparison.difference {
      functions[index].failures.append(Failure(place: row.place, id: row.id, difference: difference))
    }
  }
}
