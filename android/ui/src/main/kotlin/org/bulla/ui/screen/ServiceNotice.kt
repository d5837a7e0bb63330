package org.bulla.ui.screen

import androidx.compose.runtime.Composable
import androidx.compose.runtime.staticCompositionLocalOf
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.platform.LocalUriHandler
import org.bulla.ui.model.ServicePage
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.Words

/** Where the deployment says how its service fares; null where it names no such page. */
internal val LocalServicePage = staticCompositionLocalOf<ServicePage?> { null }

/** A [Notice] of the service's own trouble, with the way to the page about it. */
@Composable
internal fun ServiceNotice(text: String, tone: Tone, icon: ImageVector) {
    val page = LocalServicePage.current
    val browser = LocalUriHandler.current
    // Where there is no browser nothing opens; the notice still says what is the matter.
    Notice(text, tone, icon, page?.let { LocalWords.current.name(it) }, { if (page != null) runCatching { browser.openUri(page.address) } })
}

private fun Words.name(page: ServicePage) = when (page) {
    is ServicePage.Status -> serviceStatus
    is ServicePage.Support -> support
}
