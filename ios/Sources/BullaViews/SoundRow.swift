#if os(iOS)
    import Bulla
    import BullaModels
    import SwiftUI

    /// A sound: play or pause, its waveform, how far it is.
    struct SoundRow: View {
        let item: ItemId
        let label: String
        let details: MediaDetails
        let playback: Playback
        let mayOpen: Bool
        /// A voice message is written out only where it cannot be heard here.
        var save: (() -> Void)?
        /// Where it is not a row's.
        var toggle: (() async -> Void)?
        @Environment(\.words) private var words

        var body: some View {
            VStack(alignment: .leading) {
                HStack(spacing: 6) {
                    if playback.plays {
                        if isMine, playback.loading {
                            ProgressView().accessibilityLabel(words.loading).frame(width: 44, height: 44)
                        } else {
                            Button(isPlaying ? words.pause : "\(words.play), \(label)", systemImage: isPlaying ? "pause.fill" : "play.fill")
                            {
                                Task { if let toggle { await toggle() } else { await playback.toggle(item) } }
                            }
                            .labelStyle(.iconOnly)
                            .frame(width: 44, height: 44)
                            .disabled(!mayOpen)
                        }
                    }
                    Wave(levels: details.waveform.map { Int($0) }, done: whole > 0 ? position / whole : 0)
                        .frame(height: 36)
                        .frame(maxWidth: 220)
                        .accessibilityElement()
                        .accessibilityLabel(label)
                        .accessibilityValue(words.playPosition(position: clock(position), duration: clock(whole)))
                        .accessibilityAdjustableAction { direction in
                            if isMine { playback.seek(min(max(position + (direction == .increment ? 5 : -5), 0), whole)) }
                        }
                    Text(position > 0 ? words.playPosition(position: clock(position), duration: clock(whole)) : clock(whole))
                        .font(.caption.monospacedDigit())
                        .accessibilityHidden(true)
                }
                if let text = isMine ? playback.trouble.map(words.sound) ?? playback.problem.map(words.problem) : nil {
                    Text(text).font(.caption).announced(text)
                    if playback.trouble == .format, let save {
                        Button(words.saveCopy, systemImage: "square.and.arrow.down", action: save).frame(minHeight: 44)
                    }
                }
            }
        }

        private var isMine: Bool { playback.item == item }
        private var isPlaying: Bool { isMine && playback.sounding.playing }
        private var position: TimeInterval { isMine ? playback.sounding.position : 0 }
        private var whole: TimeInterval {
            isMine && playback.sounding.duration > 0 ? playback.sounding.duration : details.duration ?? 0
        }
    }

    /// Loudness over time; what was heard in the tint. Without values it is a line.
    struct Wave: View {
        let levels: [Int]
        let done: Double

        var body: some View {
            Canvas { context, size in
                let bars = max(Int(size.width / 4), 1)
                for bar in 0..<bars {
                    let level = levels.isEmpty ? 0 : levels[bar * levels.count / bars]
                    let height = size.height * (0.12 + 0.84 * Double(min(max(level, 0), 100)) / 100)
                    let x = (Double(bar) + 0.5) * size.width / Double(bars)
                    let line = CGRect(x: x - 1, y: (size.height - height) / 2, width: 2, height: height)
                    let heard = Double(bar) < Double(bars) * done
                    context.fill(Path(roundedRect: line, cornerRadius: 1), with: heard ? .style(.tint) : .style(.secondary))
                }
            }
        }
    }
#endif
