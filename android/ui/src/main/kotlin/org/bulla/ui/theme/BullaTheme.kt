package org.bulla.ui.theme

import androidx.compose.foundation.isSystemInDarkTheme
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.ColorScheme
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Shapes
import androidx.compose.material3.Typography
import androidx.compose.material3.darkColorScheme
import androidx.compose.material3.lightColorScheme
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.remember
import androidx.compose.runtime.staticCompositionLocalOf
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.text.TextStyle
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.text.style.TextDirection
import androidx.compose.ui.unit.Density
import androidx.compose.ui.unit.dp
import androidx.compose.ui.unit.sp
import java.util.Locale
import org.bulla.ui.model.Language
import org.bulla.ui.model.Settings
import org.bulla.ui.model.Theme
import org.bulla.ui.words.EnglishWords
import org.bulla.ui.words.FrenchWords
import org.bulla.ui.words.Words

val LocalWords = staticCompositionLocalOf<Words> { EnglishWords }
val LocalPalette = staticCompositionLocalOf { Palette.of(Brand.BULLA, dark = false, contrast = false) }
val LocalBrand = staticCompositionLocalOf { Brand.BULLA }

/** The words, colours and sizes that a person has chosen. [contrast] is the system's own wish for more of it. */
@Composable
fun BullaTheme(settings: Settings, brand: Brand, font: FontFamily, contrast: Boolean = false, content: @Composable () -> Unit) {
    val systemDark = isSystemInDarkTheme()
    val dark = settings.theme == Theme.DARK || settings.theme != Theme.LIGHT && systemDark
    val more = contrast || settings.theme == Theme.CONTRAST
    val palette = remember(brand, dark, more) { Palette.of(brand, dark, more) }
    val density = LocalDensity.current
    // The system's own wish counts, too; twice the size is as far as every screen holds.
    val scale = (density.fontScale * settings.textSize / 100f).coerceIn(0.85f, 2f)
    CompositionLocalProvider(
        LocalWords provides wordsOf(settings.language),
        LocalPalette provides palette,
        LocalBrand provides brand,
        LocalDensity provides Density(density.density, scale),
    ) {
        MaterialTheme(remember(palette) { scheme(palette) }, SHAPES, remember(font) { typography(font) }, content)
    }
}

fun wordsOf(language: Language, system: Locale = Locale.getDefault()): Words = when (language) {
    Language.FRENCH -> FrenchWords
    Language.ENGLISH -> EnglishWords
    Language.SYSTEM -> if (system.language == "fr") FrenchWords else EnglishWords
}

internal fun color(rgb: Int) = Color(0xFF000000 or rgb.toLong())

private val SHAPES = Shapes(small = RoundedCornerShape(10.dp), medium = RoundedCornerShape(14.dp), large = RoundedCornerShape(18.dp))

private fun typography(font: FontFamily): Typography {
    fun style(size: Int, line: Int, weight: FontWeight = FontWeight.Normal) = TextStyle(
        fontFamily = font,
        fontSize = size.sp,
        lineHeight = line.sp,
        fontWeight = weight,
        textDirection = TextDirection.Content,
    )
    val bold = FontWeight.SemiBold
    return Typography(
        displaySmall = style(30, 36, bold),
        headlineMedium = style(26, 32, bold),
        headlineSmall = style(22, 28, bold),
        titleLarge = style(20, 26, bold),
        titleMedium = style(16, 22, bold),
        titleSmall = style(14, 20, bold),
        bodyLarge = style(16, 23),
        bodyMedium = style(14, 20),
        bodySmall = style(13, 18),
        labelLarge = style(15, 20, bold),
        labelMedium = style(13, 17, bold),
        labelSmall = style(12, 16),
    )
}

private fun scheme(palette: Palette): ColorScheme = with(palette) {
    (if (dark) darkColorScheme() else lightColorScheme()).copy(
        primary = color(accent),
        onPrimary = color(onAccent),
        primaryContainer = color(mine),
        onPrimaryContainer = color(onMine),
        secondary = color(accent),
        onSecondary = color(onAccent),
        secondaryContainer = color(chosen),
        onSecondaryContainer = color(ink),
        background = color(background),
        onBackground = color(ink),
        surface = color(background),
        onSurface = color(ink),
        surfaceVariant = color(input),
        onSurfaceVariant = color(softInk),
        surfaceTint = color(background),
        surfaceContainerLowest = color(background),
        surfaceContainerLow = color(panel),
        surfaceContainer = color(panel),
        surfaceContainerHigh = color(input),
        surfaceContainerHighest = color(input),
        outline = color(control),
        outlineVariant = color(line),
        error = color(danger),
        onError = color(onDanger),
        errorContainer = color(dangerPanel),
        onErrorContainer = color(onDangerPanel),
    )
}
