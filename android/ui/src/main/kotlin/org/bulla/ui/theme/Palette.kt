package org.bulla.ui.theme

/** The colours of one appearance, as 0xRRGGBB, from the deployment's one colour. What is text stands off what is behind it by [text]. */
data class Palette(
    val dark: Boolean,
    /** The contrast that text keeps: 4.5, or 7 where more is asked for. */
    val text: Double,
    val background: Int,
    val panel: Int,
    val input: Int,
    val bubble: Int,
    val chosen: Int,
    val ink: Int,
    val softInk: Int,
    val line: Int,
    val control: Int,
    val accent: Int,
    val onAccent: Int,
    val mine: Int,
    val onMine: Int,
    val softOnMine: Int,
    val danger: Int,
    val onDanger: Int,
    val dangerPanel: Int,
    val onDangerPanel: Int,
) {
    /** What is written on what: every pair that a screen uses. */
    fun pairs(): Map<String, Pair<Int, Int>> =
        buildMap {
            for ((name, behind) in mapOf("background" to background, "panel" to panel, "input" to input, "bubble" to bubble, "chosen" to chosen)) {
                put("ink on $name", ink to behind)
                put("soft ink on $name", softInk to behind)
                put("accent on $name", accent to behind)
            }
            put("danger on background", danger to background)
            put("danger on panel", danger to panel)
            put("danger on mine", danger to mine)
            put("on accent", onAccent to accent)
            put("on mine", onMine to mine)
            put("soft on mine", softOnMine to mine)
            put("accent on mine", accent to mine)
            put("on danger", onDanger to danger)
            put("on danger panel", onDangerPanel to dangerPanel)
        }

    /** The disc behind someone's initials, and the initials: the same for an id everywhere. */
    fun disc(id: String): Pair<Int, Int> {
        val hue = Math.floorMod(id.hashCode() * 31, 360) * Math.PI / 180
        val disc = Shade(if (dark) 0.38 else 0.88, if (dark) 0.075 else 0.065, hue)
        val rgb = disc.rgb()
        return rgb to readable(disc.copy(light = if (dark) 0.92 else 0.33, chroma = 0.09), maxOf(text, 4.5), rgb)
    }

    companion object {
        fun of(brand: Brand, dark: Boolean, contrast: Boolean): Palette {
            val base = Shade.of(brand.color)
            val text = if (contrast) 7.0 else 4.5
            fun tone(light: Double, chroma: Double) = base.copy(light = light, chroma = minOf(chroma, base.chroma)).rgb()
            val background = if (contrast) (if (dark) 0x000000 else 0xFFFFFF) else if (dark) tone(0.185, 0.012) else tone(0.995, 0.002)
            val panel = if (contrast) background else if (dark) tone(0.215, 0.014) else tone(0.975, 0.006)
            val input = if (contrast) (if (dark) tone(0.22, 0.016) else tone(0.955, 0.008)) else if (dark) tone(0.255, 0.016) else tone(0.955, 0.008)
            val bubble = if (dark) tone(if (contrast) 0.22 else 0.275, 0.016) else tone(0.955, 0.008)
            val chosen = if (dark) tone(0.32, 0.045) else tone(0.925, 0.03)
            val mine = if (dark) tone(if (contrast) 0.25 else 0.34, 0.075) else tone(0.915, 0.045)
            val behind = intArrayOf(background, panel, input, bubble, chosen, mine)
            val soft = Shade(if (dark) 0.76 else 0.46, 0.018, base.hue)
            val red = Shade(if (dark) 0.74 else 0.52, 0.17, 0.47)
            val accent = readable(if (dark) base.copy(light = 0.76, chroma = minOf(base.chroma, 0.11)) else base, text, *behind)
            val danger = readable(red, text, *behind)
            val dangerPanel = red.copy(light = if (dark) 0.3 else 0.94, chroma = if (dark) 0.07 else 0.035).rgb()
            return Palette(
                dark, text, background, panel, input, bubble, chosen,
                ink = if (contrast) (if (dark) 0xFFFFFF else 0x000000) else tone(if (dark) 0.95 else 0.22, 0.012),
                softInk = readable(soft, text, *behind),
                line = if (contrast) readable(soft, 3.0, *behind) else if (dark) tone(0.31, 0.016) else tone(0.9, 0.01),
                control = readable(Shade(if (dark) 0.6 else 0.62, 0.02, base.hue), 3.0, *behind),
                accent = accent,
                onAccent = readable(base.copy(light = if (dark) 0.15 else 1.0, chroma = 0.02), text, accent),
                mine = mine,
                onMine = tone(if (dark) 0.97 else 0.2, 0.03).let { readable(Shade.of(it), text, mine) },
                softOnMine = readable(soft.copy(chroma = 0.04), text, mine),
                danger = danger,
                onDanger = readable(Shade(if (dark) 0.15 else 1.0, 0.02, 0.47), text, danger),
                dangerPanel = dangerPanel,
                onDangerPanel = readable(red.copy(light = if (dark) 0.9 else 0.35, chroma = 0.1), text, dangerPanel),
            )
        }
    }
}
