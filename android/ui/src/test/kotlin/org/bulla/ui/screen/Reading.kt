@file:OptIn(ExperimentalTestApi::class)

package org.bulla.ui.screen

import androidx.compose.runtime.Composable
import androidx.compose.ui.test.ComposeUiTest
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.runDesktopComposeUiTest
import org.bulla.ui.Person
import org.bulla.ui.words.EnglishWords
import org.bulla.ui.words.FrenchWords
import org.bulla.ui.words.Words

/** The languages of the app, and what it says in them. */
internal val LANGUAGES: List<Pair<Look, Words>> = listOf(FRENCH to FrenchWords, ENGLISH to EnglishWords)

/** Each of [texts] comes to stand so many [times] where this person can see it and a screen reader finds it. */
internal fun Person.reads(texts: List<String>, look: Look = FRENCH, times: Int = 1, over: @Composable () -> Unit = {}) {
    val before = app.state.value.settings
    app.set(look.settings)
    val content = shows(look, over)
    runDesktopComposeUiTest(TALL.width, TALL.height) {
        setContent { content() }
        for (text in texts) waitUntil("“$text”, so many times: $times", 60_000) { seen(text) == times }
    }
    app.set(before)
}

private fun ComposeUiTest.seen(text: String): Int =
    onAllNodes(hasText(text, substring = true), useUnmergedTree = true).fetchSemanticsNodes().count { node -> node.boundsInRoot.run { right > left && bottom > top } }
