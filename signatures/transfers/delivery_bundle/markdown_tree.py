"""A statement's text as a tree, which the book's script draws: its marks become shapes, and no word becomes code."""

from typing import Any

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from signatures.transfers.delivery_bundle.fonts import printable_form

Node = list[Any]  # the kind of it, and a text or a list of what is inside

BLOCKS = {
    "paragraph": "p", "heading": "h", "blockquote": "quote", "bullet_list": "ul", "ordered_list": "ol",
    "list_item": "li", "hr": "hr", "fence": "code", "code_block": "code",
}  # fmt: skip
INLINE = {"em": "em", "strong": "strong", "link": "link", "code_inline": "t", "text": "t"}


def markdown_tree(text: str) -> list[Node]:
    return _children(SyntaxTreeNode(MarkdownIt("commonmark", {"html": False}).parse(text)))


def _children(node: SyntaxTreeNode) -> list[Node]:
    return [found for child in node.children for found in _node(child)]


def _node(node: SyntaxTreeNode) -> list[Node]:
    if node.type == "inline":
        return _children(node)
    if node.type in ("softbreak", "hardbreak"):
        return [["t", " "]] if node.type == "softbreak" else [["br", ""]]
    kind = BLOCKS.get(node.type) or INLINE.get(node.type)
    if kind in ("t", "code"):
        return [[kind, printable_form(node.content)[0]]] if node.content else []
    return [[kind, _children(node)]] if kind else _children(node)
