package org.bulla.ui.theme

import kotlin.math.abs
import kotlin.math.atan2
import kotlin.math.cbrt
import kotlin.math.cos
import kotlin.math.hypot
import kotlin.math.pow
import kotlin.math.sin

/** A colour as people see it (OKLCH): [light] 0 to 1, [chroma] how strong, [hue] in radians. */
internal data class Shade(val light: Double, val chroma: Double, val hue: Double) {
    /** As 0xRRGGBB; a shade that no screen can show gives up strength, not lightness. */
    fun rgb(): Int {
        var strength = chroma
        while (strength > 0.002) {
            linear(strength).takeIf { it.all { part -> part in -0.002..1.002 } }?.let { return pack(it) }
            strength *= 0.93
        }
        return pack(linear(0.0))
    }

    private fun linear(strength: Double): DoubleArray {
        val (a, b) = strength * cos(hue) to strength * sin(hue)
        val l = (light + 0.3963377774 * a + 0.2158037573 * b).pow(3)
        val m = (light - 0.1055613458 * a - 0.0638541728 * b).pow(3)
        val s = (light - 0.0894841775 * a - 1.2914855480 * b).pow(3)
        return doubleArrayOf(
            4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
            -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
            -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s,
        )
    }

    private fun pack(linear: DoubleArray): Int = linear.fold(0) { sum, part ->
        val value = part.coerceIn(0.0, 1.0)
        val shown = if (value <= 0.0031308) 12.92 * value else 1.055 * value.pow(1 / 2.4) - 0.055
        (sum shl 8) or (shown * 255 + 0.5).toInt()
    }

    companion object {
        fun of(rgb: Int): Shade {
            val (red, green, blue) = listOf(16, 8, 0).map { linear(rgb shr it and 0xFF) }
            val l = cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
            val m = cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
            val s = cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
            val a = 1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s
            val b = 0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s
            return Shade(0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s, hypot(a, b), atan2(b, a))
        }
    }
}

/** How far two colours (0xRRGGBB) stand apart, 1 to 21, as WCAG counts it. */
fun contrast(one: Int, other: Int): Double {
    val (first, second) = luminance(one) to luminance(other)
    return (maxOf(first, second) + 0.05) / (minOf(first, second) + 0.05)
}

/** [shade] or the nearest one, lighter or darker, that stands [ratio] apart from every one of [behind]. */
internal fun readable(shade: Shade, ratio: Double, vararg behind: Int): Int {
    val steps = (0..200).map { it / 200.0 }.sortedBy { abs(it - shade.light) }
    val lights = steps.map { shade.copy(light = it).rgb() }
    return lights.firstOrNull { rgb -> behind.all { contrast(rgb, it) >= ratio } }
        ?: lights.maxBy { rgb -> behind.minOf { contrast(rgb, it) } }
}

private fun luminance(rgb: Int) = 0.2126 * linear(rgb shr 16 and 0xFF) + 0.7152 * linear(rgb shr 8 and 0xFF) + 0.0722 * linear(rgb and 0xFF)

private fun linear(part: Int): Double {
    val value = part / 255.0
    return if (value <= 0.04045) value / 12.92 else ((value + 0.055) / 1.055).pow(2.4)
}
