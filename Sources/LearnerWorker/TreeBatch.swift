import Kernels
import Models

/// A piece of a tree as one batch: the trunk's rows, if they are in it, then the branches'.
///
/// The last token of a branch predicts nothing, so it has no row. What the trunk's last row predicts, the first
/// token of every branch of the tree, is scored where the trunk's rows are.
struct TreeBatch {
  private(set) var batch = TokenBatch(tokens: [], sequences: [])
  private(set) var rows: [HeadRow] = []
  /// How many rows, from the first on, are the trunk's.
  let trunkRows: Int

  /// The branches `piece` of `tree`, which continue `trunk`; `hasTrunk` says whether its rows come along.
  init(
    _ tree: TokenTree, _ piece: Range<Int>, trunk: KeyValueSegment?, hasTrunk: Bool, pool: KeyValuePool
  ) {
    trunkRows = hasTrunk ? tree.trunk.count : 0
    if let trunk, hasTrunk { addTrunk(tree, segment: trunk) }
    for index in piece { add(tree.branches[index], index, tree: tree, trunk: trunk, pool: pool) }
  }

  private mutating func addTrunk(_ tree: TokenTree, segment: KeyValueSegment) {
    batch.tokens += tree.trunk
    batch.sequences.append(SequenceRows(rows: 0..<tree.trunk.count, own: segment))
    let targets = tree.branches.enumerated().compactMap { index, branch in
      branch.targets.first == 0 ? HeadTarget(branch: index, index: 0, token: branch.tokens[0]) : nil
    }
    if !targets.isEmpty { rows.append(HeadRow(row: tree.trunk.count - 1, targets: targets)) }
  }

  private mutating func add(
    _ branch: TokenTree.Branch, _ index: Int, tree: TokenTree, trunk: KeyValueSegment?, pool: KeyValuePool
  ) {
    let count = branch.tokens.count - 1
    guard count > 0 else { return }
    let first = batch.tokens.count
    batch.tokens += branch.tokens[0..<count]
    batch.sequences.append(
      SequenceRows(
        rows: first..<first + count, trunk: trunk, trunkLength: tree.trunk.count,
        own: KeyValueSegment(pool: pool, positions: count)))
    for target in branch.targets where target > 0 {
      let token = HeadTarget(branch: index, index: target, token: branch.tokens[target])
      rows.append(HeadRow(row: first + target - 1, targets: [token]))
    }
  }
}
