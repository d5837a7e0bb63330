import Bulla
import Foundation

/// The microphone and the loudspeaker, which the app has. What cannot be done fails with `SoundTrouble`.
@MainActor
public protocol SoundPort: AnyObject {
    /// Begins to record. It ends by itself after so many seconds.
    func record(longest: TimeInterval) async throws -> any SoundRecording

    /// Makes a file ready to be heard. It is not released while it is open.
    func open(_ file: MediaFile) async throws -> any SoundPlayer
}

/// What is being recorded.
@MainActor
public protocol SoundRecording: AnyObject {
    /// How long it is and how loud it was so far, for one to follow; it ends with the recording.
    var heard: AsyncStream<Heard> { get }

    /// Stops, and gives the file.
    func finish() async throws -> ChosenFile

    /// Stops, and leaves nothing.
    func discard()
}

public struct Heard: Equatable, Sendable {
    public var duration: TimeInterval
    /// From 0 to 100, ten a second.
    public var levels: [Int]

    public init(duration: TimeInterval = 0, levels: [Int] = []) { (self.duration, self.levels) = (duration, levels) }
}

/// A sound that is heard, or can be.
@MainActor
public protocol SoundPlayer: AnyObject {
    /// As it is, then every change, for one to follow.
    var states: AsyncStream<Sounding> { get }

    func play()
    func pause()
    func seek(_ position: TimeInterval)
    func close()
}

public struct Sounding: Equatable, Sendable {
    public var playing: Bool
    public var position: TimeInterval
    public var duration: TimeInterval
    public var trouble: SoundTrouble?

    public init(playing: Bool = false, position: TimeInterval = 0, duration: TimeInterval = 0, trouble: SoundTrouble? = nil) {
        (self.playing, self.position, self.duration, self.trouble) = (playing, position, duration, trouble)
    }
}

/// Why there is no sound.
public enum SoundTrouble: Error, Equatable, Sendable {
    case noInput
    case noOutput
    case notAllowed
    case format
}

/// As many loudness values as a message holds, each the loudest of its part.
public func waveform(_ levels: [Int], most: Int = 120) -> Data {
    let bounded = levels.map { UInt8(min(max($0, 0), 100)) }
    guard bounded.count > most else { return Data(bounded) }
    return Data((0..<most).map { bounded[$0 * bounded.count / most..<($0 + 1) * bounded.count / most].max() ?? 0 })
}
