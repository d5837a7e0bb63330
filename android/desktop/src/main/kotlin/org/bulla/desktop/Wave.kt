package org.bulla.desktop

import java.io.File
import java.io.RandomAccessFile
import kotlin.math.log10
import kotlin.math.sqrt

/** Sound as this desktop records it: 16,000 samples a second of 16 bits, one channel, in a WAV file. */
internal object Wave {
    const val RATE = 16_000
    const val BYTES_A_SECOND = RATE * 2

    /** What stands before so many bytes of sound. */
    fun head(bytes: Int): ByteArray = ByteArray(44).also { head ->
        fun text(at: Int, text: String) = text.forEachIndexed { i, letter -> head[at + i] = letter.code.toByte() }
        fun number(at: Int, value: Int, width: Int) = repeat(width) { head[at + it] = (value shr (8 * it)).toByte() }
        text(0, "RIFF")
        number(4, 36 + bytes, 4)
        text(8, "WAVEfmt ")
        number(16, 16, 4)
        number(20, 1, 2)
        number(22, 1, 2)
        number(24, RATE, 4)
        number(28, BYTES_A_SECOND, 4)
        number(32, 2, 2)
        number(34, 16, 2)
        text(36, "data")
        number(40, bytes, 4)
    }

    /** How loud the first [count] bytes of [samples] are: 0 for silence (under -50 dB), 100 for the loudest there is. */
    fun level(samples: ByteArray, count: Int): Int {
        var sum = 0.0
        val whole = count / 2
        if (whole == 0) return 0
        for (at in 0 until whole) {
            val sample = (samples[2 * at].toInt() and 0xff or (samples[2 * at + 1].toInt() shl 8)) / 32_768.0
            sum += sample * sample
        }
        val decibels = 20 * log10(sqrt(sum / whole).coerceAtLeast(1e-9))
        return ((decibels + QUIETEST) / QUIETEST * 100).toInt().coerceIn(0, 100)
    }

    private const val QUIETEST = 50.0
}

/** A WAV file that grows: its head is right at any time. */
internal class WaveFile(file: File) : AutoCloseable {
    private val out = RandomAccessFile(file, "rw")
    private var bytes = 0

    init {
        out.setLength(0)
        out.write(Wave.head(0))
    }

    fun write(samples: ByteArray, count: Int) {
        out.write(samples, 0, count)
        bytes += count
        out.seek(0)
        out.write(Wave.head(bytes))
        out.seek(out.length())
    }

    override fun close() = out.close()
}
