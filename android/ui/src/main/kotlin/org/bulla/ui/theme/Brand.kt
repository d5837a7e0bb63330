package org.bulla.ui.theme

/** Whose messenger this is: the deployment's name, and its colour as 0xRRGGBB. Every shade of the app comes from that one colour. */
data class Brand(val name: String, val color: Int) {
    companion object {
        val BULLA = Brand("Bulla", 0x2A4FB8)
    }
}
