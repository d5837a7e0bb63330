import AVFoundation
import Bulla
import BullaModels

/// The device's microphone and loudspeaker. Voice messages are AAC in MPEG-4.
@MainActor
final class DeviceSound: SoundPort {
    func record(longest: TimeInterval) async throws -> any SoundRecording {
        guard await AVAudioApplication.requestRecordPermission() else { throw SoundTrouble.notAllowed }
        return try DeviceRecording(longest: longest)
    }

    /// The system's player wants all of a sound in memory: what is larger than a long speech is saved and heard elsewhere.
    func open(_ file: MediaFile) async throws -> any SoundPlayer {
        guard file.size() <= 64 << 20 else { throw SoundTrouble.format }
        var bytes = Data()
        while bytes.count < file.size() {
            let part = try await file.read(offset: UInt64(bytes.count), length: 1 << 20)
            if part.isEmpty { break }
            bytes.append(part)
        }
        return try DevicePlayer(bytes)
    }
}

@MainActor
private final class DeviceRecording: SoundRecording {
    let heard: AsyncStream<Heard>
    private let told: AsyncStream<Heard>.Continuation
    private let recorder: AVAudioRecorder
    private var listening: Task<Void, Never>?

    init(longest: TimeInterval) throws {
        (heard, told) = AsyncStream.makeStream(of: Heard.self, bufferingPolicy: .bufferingNewest(1))
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).m4a")
        do {
            let session = AVAudioSession.sharedInstance()
            try session.setCategory(.playAndRecord, options: [.defaultToSpeaker, .allowBluetooth])
            try session.setActive(true)
            guard session.isInputAvailable else { throw SoundTrouble.noInput }
            recorder = try AVAudioRecorder(
                url: url,
                settings: [
                    AVFormatIDKey: kAudioFormatMPEG4AAC, AVSampleRateKey: 44_100, AVNumberOfChannelsKey: 1, AVEncoderBitRateKey: 64_000,
                ])
        } catch {
            throw SoundTrouble.noInput
        }
        recorder.isMeteringEnabled = true
        guard recorder.record(forDuration: longest) else { throw SoundTrouble.noInput }
        listening = Task { [recorder, told] in
            var levels: [Int] = []
            while !Task.isCancelled, recorder.isRecording {
                try? await Task.sleep(for: .milliseconds(100))
                recorder.updateMeters()
                // From 0 for silence (under -50 dB) to 100 for the loudest there is.
                levels.append(Int(min(max((Double(recorder.averagePower(forChannel: 0)) + 50) * 2, 0), 100)))
                told.yield(Heard(duration: min(Double(levels.count) / 10, longest), levels: levels))
            }
            told.finish()
        }
    }

    func finish() async throws -> ChosenFile {
        listening?.cancel()
        recorder.stop()
        let url = recorder.url
        guard let size = try? url.resourceValues(forKeys: [.fileSizeKey]).fileSize, size > 0 else { throw SoundTrouble.noInput }
        return ChosenFile(path: url.path, name: "voice.m4a", mime: "audio/mp4", size: UInt64(size)) {
            try? FileManager.default.removeItem(at: url)
        }
    }

    func discard() {
        listening?.cancel()
        recorder.stop()
        recorder.deleteRecording()
    }
}

@MainActor
private final class DevicePlayer: NSObject, SoundPlayer, AVAudioPlayerDelegate {
    let states: AsyncStream<Sounding>
    private let told: AsyncStream<Sounding>.Continuation
    private let player: AVAudioPlayer
    private var telling: Task<Void, Never>?

    init(_ bytes: Data) throws {
        (states, told) = AsyncStream.makeStream(of: Sounding.self, bufferingPolicy: .bufferingNewest(1))
        do {
            player = try AVAudioPlayer(data: bytes)
        } catch {
            throw SoundTrouble.format
        }
        super.init()
        player.delegate = self
        tell()
    }

    func play() {
        try? AVAudioSession.sharedInstance().setCategory(.playback)
        guard player.play() else {
            told.yield(Sounding(duration: player.duration, trouble: .noOutput))
            return
        }
        telling?.cancel()
        telling = Task { [weak self] in
            while !Task.isCancelled {
                self?.tell()
                try? await Task.sleep(for: .milliseconds(100))
            }
        }
    }

    func pause() {
        telling?.cancel()
        player.pause()
        tell()
    }

    func seek(_ position: TimeInterval) {
        player.currentTime = position
        tell()
    }

    func close() {
        telling?.cancel()
        player.stop()
        told.finish()
    }

    nonisolated func audioPlayerDidFinishPlaying(_ player: AVAudioPlayer, successfully flag: Bool) {
        Task { @MainActor in
            telling?.cancel()
            told.yield(Sounding(position: self.player.duration, duration: self.player.duration))
        }
    }

    private func tell() {
        told.yield(Sounding(playing: player.isPlaying, position: player.currentTime, duration: player.duration))
    }
}
