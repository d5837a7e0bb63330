@file:OptIn(ExperimentalComposeUiApi::class)
// What replaces `enter` and `exit` is not there on Android yet.
@file:Suppress("DEPRECATION")

package org.bulla.ui.screen

import androidx.compose.foundation.focusGroup
import androidx.compose.foundation.lazy.LazyListState
import androidx.compose.ui.ExperimentalComposeUiApi
import androidx.compose.ui.Modifier
import androidx.compose.ui.focus.FocusDirection
import androidx.compose.ui.focus.FocusRequester
import androidx.compose.ui.focus.focusProperties
import androidx.compose.ui.focus.focusRequester

/**
 * Tab through a list that grows upwards. Such a list counts its rows from the newest, at the bottom, and so would Tab; a person reads from
 * the top. What stands [before] the list and [after] it in reading order is where Tab goes on at its ends.
 */
internal class RowFocus(private val list: LazyListState, val before: FocusRequester, val after: FocusRequester) {
    private val rows = mutableMapOf<Any, FocusRequester>()

    /** For the list itself. */
    fun list(): Modifier = Modifier.focusProperties {
        enter = { direction ->
            when (direction) {
                FocusDirection.Next -> rows[shown().lastOrNull()]
                FocusDirection.Previous -> rows[shown().firstOrNull()]
                else -> null
            } ?: FocusRequester.Default
        }
    }.focusGroup()

    /** For a row that can have the focus. */
    fun row(key: Any): Modifier = Modifier.focusRequester(rows.getOrPut(key) { FocusRequester() }).focusProperties {
        exit = { direction ->
            val shown = shown()
            val at = shown.indexOf(key)
            when (direction) {
                FocusDirection.Next -> rows[shown.getOrNull(at - 1)] ?: after
                FocusDirection.Previous -> rows[shown.getOrNull(at + 1)] ?: before
                else -> FocusRequester.Default
            }
        }
    }.focusGroup()

    /** The rows on the screen that can have the focus, newest first. */
    private fun shown(): List<Any> = list.layoutInfo.visibleItemsInfo.map { it.key }.filter { it in rows }
}
