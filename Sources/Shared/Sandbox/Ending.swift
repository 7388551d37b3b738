import CSandbox

/// How a process ended, in words.
struct Ending: CustomStringConvertible {
  /// As `waitpid` has it.
  let status: Int32

  var description: String {
    var code: Int32 = 0
    return unsafe csb_exited(status, &code) != 0
      ? "the program ended with status \(code)" : "ended by signal \(code)"
  }
}
