from tests.content import sample_content

__all__ = ["sample_content"]
