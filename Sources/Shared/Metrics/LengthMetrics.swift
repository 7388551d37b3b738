// Lengths of prompts and responses. Source: verl.

extension MetricName {
  /// `response_length/mean`.
  public static let responseLengthMean = MetricName(
    "response_length/mean", .tokens, "Mean length of the responses.")

  /// `response_length/max`.
  public static let responseLengthMax = MetricName(
    "response_length/max", .tokens, "Length of the longest response.")

  /// `response_length/min`.
  public static let responseLengthMin = MetricName(
    "response_length/min", .tokens, "Length of the shortest response.")

  /// `response_length/clip_ratio`.
  public static let responseLengthClipRatio = MetricName(
    "response_length/clip_ratio", .one, "Share of responses of the greatest length allowed.")

  /// `prompt_length/mean`.
  public static let promptLengthMean = MetricName(
    "prompt_length/mean", .tokens, "Mean length of the prompts.")

  /// `prompt_length/max`.
  public static let promptLengthMax = MetricName(
    "prompt_length/max", .tokens, "Length of the longest prompt.")

  /// `prompt_length/min`.
  public static let promptLengthMin = MetricName(
    "prompt_length/min", .tokens, "Length of the shortest prompt.")

  static let lengths = [
    responseLengthMean, responseLengthMax, responseLengthMin, responseLengthClipRatio, promptLengthMean,
    promptLengthMax, promptLengthMin,
  ]
}
