package org.bulla.ui.theme

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** What is written can be read, whatever colour a deployment chooses. */
class ContrastTest {
    private val colours = listOf(0x2A4FB8, 0x000091, 0xE1000F, 0xFFDD00, 0x00A95F, 0x000000, 0xFFFFFF, 0x808080, 0xFF00FF, 0x6E445A)

    @Test
    fun everyPairOfEveryThemeIsReadable() {
        for (colour in colours) for (dark in listOf(false, true)) for (more in listOf(false, true)) {
            val palette = Palette.of(Brand("any", colour), dark, more)
            assertEquals(if (more) 7.0 else 4.5, palette.text)
            for ((name, pair) in palette.pairs()) {
                val found = contrast(pair.first, pair.second)
                assertTrue(found >= palette.text - 0.01, "$name: $found with ${"%06X".format(colour)}, dark $dark, more $more")
            }
        }
    }

    @Test
    fun controlsStandOffWhatIsBehindThem() {
        for (colour in colours) for (dark in listOf(false, true)) for (more in listOf(false, true)) {
            val palette = Palette.of(Brand("any", colour), dark, more)
            for (behind in listOf(palette.background, palette.panel, palette.input)) {
                assertTrue(contrast(palette.control, behind) >= 2.99, "%06X dark $dark more $more".format(colour))
            }
        }
    }

    @Test
    fun initialsAreReadableOnEveryDisc() {
        for (dark in listOf(false, true)) {
            val palette = Palette.of(Brand.BULLA, dark, contrast = false)
            for (number in 0..500) {
                val (disc, ink) = palette.disc("@person$number:server")
                assertTrue(contrast(disc, ink) >= 4.5, "$number")
            }
        }
    }

    @Test
    fun contrastIsCountedAsWcagDoes() {
        assertEquals(21.0, contrast(0x000000, 0xFFFFFF), 0.001)
        assertEquals(1.0, contrast(0x123456, 0x123456), 0.001)
        assertEquals(4.54, contrast(0x767676, 0xFFFFFF), 0.01)
    }

    @Test
    fun aColourComesBackAsItWas() {
        for (colour in colours) {
            val back = Shade.of(colour).rgb()
            for (shift in listOf(0, 8, 16)) assertEquals((colour shr shift and 0xFF).toDouble(), (back shr shift and 0xFF).toDouble(), 1.0)
        }
    }
}
