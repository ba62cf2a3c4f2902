"""Pure compilers between logging languages: text in, text and findings out."""
